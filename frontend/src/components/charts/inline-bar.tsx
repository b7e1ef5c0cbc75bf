import clsx from "clsx";

interface InlineBarProps {
  value: number;
  /** The largest size of a bar beside it. */
  widest: number;
  /** Whether the bars grow to both sides from a line in the middle. */
  centred?: boolean;
}

/** A bar in a table's cell, beside the figure itself. One below zero is hollow as well as red, since colour alone does not tell everybody. */
export function InlineBar({ value, widest, centred = false }: InlineBarProps) {
  const share = widest > 0 ? Math.min(Math.abs(value) / widest, 1) * (centred ? 50 : 100) : 0;
  const look = value < 0 ? "border border-loss bg-loss-soft" : "bg-accent";
  if (!centred) return <div className={clsx("h-2.5 min-w-px rounded-xs", look)} style={{ width: `${share}%` }} />;
  return (
    <div className="relative h-2.5 min-w-24">
      <div className="absolute inset-y-[-0.25rem] left-1/2 w-px bg-control" />
      <div
        className={clsx("absolute inset-y-0 min-w-px rounded-xs", look)}
        style={{ width: `${share}%`, [value < 0 ? "right" : "left"]: "50%" }}
      />
    </div>
  );
}
