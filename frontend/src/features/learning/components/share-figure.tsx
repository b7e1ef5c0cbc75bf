import { Tip } from "@/components/ui/tip";
import { percent, quantity, UNKNOWN } from "@/lib/format";
import type { Share } from "../api/learning";

/** A share with how far it may be off: few answers say little. */
export function ShareFigure({ share, of }: { share: Share; of: string }) {
  if (share.value === null) {
    return (
      <Tip text={`No ${of}.`} className="text-quiet">
        <span aria-hidden="true">{UNKNOWN}</span>
        <span className="sr-only">Unknown</span>
      </Tip>
    );
  }
  const range = `${percent(share.low, { digits: 0 })} and ${percent(share.high, { digits: 0 })}`;
  return (
    <Tip text={`${quantity(share.count)} of ${quantity(share.total)} ${of}. With 95% confidence between ${range}.`}>
      <span className="tabular">{percent(share.value, { digits: 0 })}</span>
    </Tip>
  );
}
