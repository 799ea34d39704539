"""Many settings of a network, each measured by accuracy and a cost: which of them no other beats in both."""
