// Meters are the whole process's: one test's nodes at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
