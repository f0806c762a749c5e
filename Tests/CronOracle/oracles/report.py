"""Writes docs/cron-oracle.md."""
def text_of(*a): return repr(a)
def document(seed, f): return "\n".join(f"{k}: {v} {f.examples.get(k)}" for k,v in sorted(f.counts.items()))+"\n"
