import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import type { ChangeLine } from "../measures";

interface ChangeTableProps {
  label: string;
  /** What the first column holds. */
  noun: string;
  lines: ChangeLine[];
  /** Whether there is anything to compare with; else only what is now. */
  isTraded: boolean;
}

export function ChangeTable({ label, noun, lines, isTraded }: ChangeTableProps) {
  if (lines.length === 0) return <p className="py-4 text-center text-sm text-quiet">Nothing to show.</p>;
  return (
    <DataTable label={label}>
      <thead>
        <tr>
          <HeaderCell>{noun}</HeaderCell>
          <HeaderCell numeric>{isTraded ? "Before" : "Now"}</HeaderCell>
          {isTraded ? (
            <>
              <HeaderCell numeric>After</HeaderCell>
              <HeaderCell numeric>Change</HeaderCell>
            </>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <ChangeRow key={line.label} line={line} isTraded={isTraded} />
        ))}
      </tbody>
    </DataTable>
  );
}

function ChangeRow({ line: { label, change, format }, isTraded }: { line: ChangeLine; isTraded: boolean }) {
  const { reason_before: whyBefore = null, reason_after: whyAfter = null } = change;
  return (
    <tr>
      <HeaderCell row>
        <span className="text-sm font-normal whitespace-normal text-text">{label}</span>
      </HeaderCell>
      <Cell numeric className={isTraded ? "text-quiet" : undefined}>
        <Figure value={change.before} format={format.figure} reason={whyBefore} />
      </Cell>
      {isTraded ? (
        <>
          <Cell numeric>
            <Figure value={change.after} format={format.figure} reason={whyAfter} />
          </Cell>
          <Cell numeric>
            <Figure value={change.change} format={format.change} reason={whyBefore ?? whyAfter} className="font-medium" />
          </Cell>
        </>
      ) : null}
    </tr>
  );
}
