"""The room of trainings and the sheet on which one begins."""
