"""The engine on files, without a store: ranking teams for challenges, allocating a term's projects."""
