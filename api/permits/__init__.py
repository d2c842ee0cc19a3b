"""The permit (超限运输车辆通行证) as a document, without database or web: contents, record, PDF, sheets, trips."""
