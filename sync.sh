# copy the written groups in
for f in /work/facts/[a-e]-*.jsonl; do cp $f /work/x6/training/pairs/texts/facts-$(basename $f); done
for f in /work/facts/v-*.jsonl; do cp $f /work/x6/training/pairs/texts/claims-$(basename $f); done
for f in /work/facts/s-*.jsonl; do cp $f /work/x6/training/pairs/texts/rumours-$(basename $f); done
