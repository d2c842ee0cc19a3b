"""Cross-province files over HTTP (跨省交换文件): forwards and answers, out and in."""
