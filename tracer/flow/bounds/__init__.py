"""What is certain: the least and the most under any choice at every holder."""
