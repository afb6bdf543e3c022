def outdated(manifest): return []
def write(manifest): return 0
