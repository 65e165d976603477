"""Pictures, sound and moving pictures: everything that needs Pillow or ffmpeg. Knows no Discord, provider or database."""
