import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Figure } from "@/components/ui/figure";
import { duration, money, quantity } from "@/lib/format";
import { toolName } from "@/lib/tool-name";
import type { ReportBody } from "../api/learning";
import { ShareFigure } from "./share-figure";

export function ModelTable({ title, rows }: { title: string; rows: ReportBody["by_model"] }) {
  if (rows.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-xs font-semibold">{title}</h3>
      <DataTable label={title}>
        <thead>
          <tr>
            <HeaderCell>Name</HeaderCell>
            <HeaderCell numeric>Answers</HeaderCell>
            <HeaderCell numeric>Thumbs down</HeaderCell>
            <HeaderCell numeric>Untraced</HeaderCell>
            <HeaderCell numeric>Failed</HeaderCell>
            <HeaderCell numeric>Cost</HeaderCell>
            <HeaderCell numeric>Median time</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ provider, model, variant, figures }) => (
            <tr key={`${provider} ${model} ${variant}`}>
              <HeaderCell row className="text-sm font-normal text-text">
                {model ?? variant ?? "None"}
              </HeaderCell>
              <Cell numeric>{quantity(figures.answers)}</Cell>
              <Cell numeric>
                <ShareFigure share={figures.down} of="rated answers" />
              </Cell>
              <Cell numeric>
                <ShareFigure share={figures.untraced} of="answers with figures" />
              </Cell>
              <Cell numeric>
                <ShareFigure share={figures.failed} of="answers" />
              </Cell>
              <Cell numeric>
                <Figure value={figures.cost_usd} format={(value) => money(value, "USD")} reason="No price is known." />
              </Cell>
              <Cell numeric>
                <Figure value={figures.median_ms} format={duration} reason="No time is known." />
              </Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </section>
  );
}

export function ToolTable({ tools }: { tools: ReportBody["tools"] }) {
  if (tools.length === 0) return null;
  return (
    <section>
      <h3 className="mb-1 text-xs font-semibold">Tools</h3>
      <DataTable label="Tools" className="max-h-80">
        <thead>
          <tr>
            <HeaderCell>Tool</HeaderCell>
            <HeaderCell numeric>Answers</HeaderCell>
            <HeaderCell numeric>Calls</HeaderCell>
            <HeaderCell numeric>Failed</HeaderCell>
            <HeaderCell numeric>Repeated</HeaderCell>
            <HeaderCell numeric>Median time</HeaderCell>
          </tr>
        </thead>
        <tbody>
          {tools.map((tool) => (
            <tr key={tool.name}>
              <HeaderCell row className="text-sm font-normal text-text">
                {toolName(tool.name)}
              </HeaderCell>
              <Cell numeric>{quantity(tool.answers)}</Cell>
              <Cell numeric>{quantity(tool.calls)}</Cell>
              <Cell numeric>{quantity(tool.failed)}</Cell>
              <Cell numeric>{quantity(tool.repeated)}</Cell>
              <Cell numeric>
                <Figure value={tool.median_ms} format={duration} reason="No time is known." />
              </Cell>
            </tr>
          ))}
        </tbody>
      </DataTable>
    </section>
  );
}
