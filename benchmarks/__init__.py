"""What things cost, measured against peers in the same run; `python -m benchmarks.bench_…` runs one."""
