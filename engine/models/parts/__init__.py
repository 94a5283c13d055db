"""What several systems are built from: ears, heads, samplers, rules, settling, keys. No system of its own."""
