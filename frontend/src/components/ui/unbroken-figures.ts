import { unbroken } from "@/lib/format";
import type { TreeNode } from "./text-marks";

/** A rehype plugin that lets no line end between a figure and its per cent sign. Code stays as it was written. */
export function rehypeUnbrokenFigures() {
  return keepTogether;
}

function keepTogether(node: TreeNode): void {
  if (node.type === "text" && node.value !== undefined) node.value = unbroken(node.value);
  if (node.tagName !== "code") node.children?.forEach(keepTogether);
}
