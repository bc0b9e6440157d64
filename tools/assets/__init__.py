"""The pages' web assets, vendored from npm by a reproducible script: nothing loads from outside."""
