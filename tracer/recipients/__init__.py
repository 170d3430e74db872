"""Who was paid and should not have been, and who should have been paid and was not."""
