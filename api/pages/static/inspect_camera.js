// Reading a QR code with the camera, where the browser itself can (BarcodeDetector).
import { ask, make, say, tell } from "./inspect_page.js";

export const canScan = () => "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

// The text of the first code that is seen; null where the person gave up or there is no camera.
export async function scan(title) {
  let stream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch {
    await tell(title, say("camera_fault"));
    return null;
  }
  const video = make("video", { class: "inspect-video", autoplay: true, playsinline: true, muted: true });
  video.srcObject = stream;
  const shut = ask(title, [video], [["stop", say("cancel"), "second"]]);
  let text = null;
  let open = true;
  shut.then(() => (open = false));
  const detector = new BarcodeDetector({ formats: ["qr_code"] });
  while (open && text === null) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const found = video.readyState >= 2 ? await detector.detect(video).catch(() => []) : [];
    text = found[0]?.rawValue ?? null;
  }
  for (const track of stream.getTracks()) track.stop();
  if (open) document.getElementById("inspect-dialog").close("found");
  return text;
}
