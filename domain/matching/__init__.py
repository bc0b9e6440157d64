"""Who fits whom: taxonomy, score, indexes, explanations and the replica that holds them."""
