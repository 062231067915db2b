"""Your own images: from a picture file to inputs, and what the models say of them."""
