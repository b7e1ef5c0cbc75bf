import { Tip } from "@/components/ui/tip";
import type { Schemas } from "@/lib/api/types";
import { plural } from "@/lib/format";

type Grounding = Schemas["Grounding"];

/** How many of a text's figures have a source, in a line. */
export function GroundingLine({ grounding }: { grounding: Grounding | null }) {
  if (!grounding) return null;
  const { traced, derived, untraced } = grounding;
  const total = traced + derived + untraced;
  if (total === 0) return null;
  return (
    <Tip text={explanation(grounding)} className={untraced > 0 ? "text-warn" : undefined}>
      {untraced > 0
        ? `${untraced} of ${plural(total, "figure")} without a source`
        : `${plural(total, "figure")}, ${total === 1 ? "with its source" : "each with its source"}`}
    </Tip>
  );
}

function explanation({ derived, unchecked, is_corrected: isCorrected }: Grounding): string {
  return [
    "Every figure is compared with what was looked up.",
    derived > 0 ? `${derived} of them are one step of arithmetic away from it.` : "",
    unchecked > 0 ? `${plural(unchecked, "more figure")} beyond the limit of what is checked.` : "",
    isCorrected ? "The model was told of figures without a source, and wrote the answer again." : "",
  ]
    .filter(Boolean)
    .join(" ");
}
