"""The trained weights of each model with a card for each task, and what loads and runs them."""
