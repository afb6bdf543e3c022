def fill(manifest, run): return 0
