/** @returns the middle value of a list of numbers */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** @returns the value below which the given share (0..1) of a list lies */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** @returns how far the values lie apart, as a share of their median */
export function spread(values) {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}
