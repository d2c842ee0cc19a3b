"""The one form of all decisions (一件事一表)."""

from typing import Annotated

from pydantic import Field

from api.applications.cargo import Cargo
from api.applications.combination import LoadedWhole, Tractor, Trailer
from api.applications.escort import EscortPlan
from api.applications.fields import AttachmentId, FormPart
from api.applications.papers import AttachmentKind, Declarations, ItemsWanted
from api.applications.parties import Agent, Carrier, Driver
from api.applications.trip import Trip
from data.vehicles import LoadedVehicle

AttachmentIds = Annotated[list[AttachmentId], Field(max_length=20)]


class ApplicationForm(FormPart):
    """大件运输申请表 / application form: one for up to three decisions; whole millimetres and kilograms."""

    carrier: Annotated[Carrier, Field(description="承运单位 / carrier")]
    agent: Annotated[Agent, Field(description="经办人 / agent")]
    drivers: Annotated[list[Driver], Field(min_length=1, max_length=10, description="驾驶员 / drivers")]
    trip: Annotated[Trip, Field(description="行程 / trip")]
    cargo: Annotated[Cargo, Field(description="货物 / cargo")]
    tractor: Annotated[Tractor, Field(description="牵引车或货车 / tractor or truck")]
    trailer: Annotated[Trailer | None, Field(description="挂车；货车无挂车时为空 / trailer; none for a truck")] = None
    whole: Annotated[LoadedWhole, Field(description="车货总体 / the loaded whole")]
    escort_plan: Annotated[EscortPlan | None, Field(description="护送方案（三类）/ escort plan, class III")] = None
    outline_drawing: Annotated[
        AttachmentId | None, Field(description="轮廓图附件编号（三类）/ outline drawing, class III")
    ] = None
    attachments: Annotated[
        dict[AttachmentKind, AttachmentIds],
        Field(description="各类材料的附件编号 / attachment ids by kind"),
    ] = Field(default_factory=dict)
    items_wanted: Annotated[ItemsWanted, Field(description="申办事项 / decisions wanted")] = ItemsWanted()
    declarations: Annotated[Declarations, Field(description="承诺 / declarations")] = Declarations()

    def loaded_vehicle(self) -> LoadedVehicle:
        """The vehicle as the review takes it, without what only the form knows."""
        return LoadedVehicle.model_validate(self.whole.model_dump())

    @property
    def plates(self) -> tuple[str, ...]:
        """Plates of tractor and trailer."""
        return tuple(vehicle.plate for vehicle in (self.tractor, self.trailer) if vehicle is not None)
