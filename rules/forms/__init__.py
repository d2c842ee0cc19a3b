"""Form rules (表单规则): what an application is compared with, and which materials it needs."""

from rules.forms.loading import comparison_items, form_settings, materials
from rules.forms.model import ComparisonItem, FormSettings, Material, Stage

__all__ = ["ComparisonItem", "FormSettings", "Material", "Stage", "comparison_items", "form_settings", "materials"]
