import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { decimal, quantity } from "@/lib/format";
import type { Compared, Proposal } from "../api/proposals";
import { ShareFigure } from "./share-figure";

const VERDICTS = {
  pending: "Not measured yet: it takes a run before and one after approval.",
  improved: "It helps: more of the topic's questions are answered well, and that is more than chance.",
  no_difference: "No difference that is more than chance.",
  harmful: "It harms: fewer questions are answered well than before.",
};

/** The same questions before and after, those of the topic and those of others. */
export function ProofView({ proposal: { proof, held_out_questions: heldOut, unrelated_questions: unrelated } }: { proposal: Proposal }) {
  if (!proof) {
    return (
      <p className="text-xs text-quiet">
        Not measured yet. Held out for it: {quantity(heldOut)} of the topic&rsquo;s questions, and {quantity(unrelated)} of other topics.
      </p>
    );
  }
  return (
    <section aria-label="Before and after">
      <p className={proof.verdict === "harmful" ? "font-medium text-loss" : "font-medium"}>{VERDICTS[proof.verdict]}</p>
      {proof.held_out || proof.unrelated ? (
        <DataTable label="Before and after" className="mt-1 max-w-2xl">
          <thead>
            <tr>
              <HeaderCell>Questions</HeaderCell>
              <HeaderCell numeric>Good before</HeaderCell>
              <HeaderCell numeric>Good after</HeaderCell>
              <HeaderCell numeric>Gained, lost</HeaderCell>
              <HeaderCell numeric>p</HeaderCell>
            </tr>
          </thead>
          <tbody>
            <ComparedRow label="Of the topic, held out" compared={proof.held_out} />
            <ComparedRow label="Of other topics" compared={proof.unrelated} />
          </tbody>
        </DataTable>
      ) : null}
    </section>
  );
}

function ComparedRow({ label, compared }: { label: string; compared: Compared | null | undefined }) {
  if (!compared) return null;
  return (
    <tr>
      <HeaderCell row className="text-sm font-normal text-text">
        {label}
      </HeaderCell>
      <Cell numeric>
        <ShareFigure share={compared.before} of="answers" />
      </Cell>
      <Cell numeric>
        <ShareFigure share={compared.after} of="answers" />
      </Cell>
      <Cell numeric>
        {quantity(compared.gained)}, {quantity(compared.lost)}
      </Cell>
      <Cell numeric>
        {decimal(compared.p_value, 3)}
        <span className="block text-xs text-quiet">{compared.is_significant ? "more than chance" : "may be chance"}</span>
      </Cell>
    </tr>
  );
}
