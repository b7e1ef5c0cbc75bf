import clsx from "clsx";
import type { ComponentProps, ReactNode } from "react";

interface DataTableProps {
  /** Names the table, and the scrolling region around it, for screen readers. */
  label: string;
  children: ReactNode;
  className?: string;
}

/**
 * A table that scrolls in its own container, by keyboard too, so that the page never scrolls sideways.
 * It is positioned so that what is visually hidden in a cell scrolls with it instead of widening the page.
 */
export function DataTable({ label, children, className }: DataTableProps) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={clsx("relative overflow-auto", className)}>
      <table className="w-full border-collapse text-sm [&_tbody_tr]:border-t [&_tbody_tr]:border-line">
        <caption className="sr-only">{label}</caption>
        {children}
      </table>
    </div>
  );
}

interface CellProps {
  numeric?: boolean;
}

export function HeaderCell({ numeric, row, className, ...props }: ComponentProps<"th"> & CellProps & { row?: boolean }) {
  return (
    <th
      scope={row ? "row" : "col"}
      className={clsx(
        "px-2 py-1.5 text-xs font-medium whitespace-nowrap text-quiet first:pl-0 last:pr-0",
        numeric ? "text-right" : "text-left",
        className,
      )}
      {...props}
    />
  );
}

export function Cell({ numeric, className, ...props }: ComponentProps<"td"> & CellProps) {
  return (
    <td
      className={clsx("px-2 py-1.5 first:pl-0 last:pr-0", numeric && "text-right whitespace-nowrap", className)}
      {...props}
    />
  );
}
