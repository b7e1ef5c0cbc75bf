"use client";

import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { decimal, moment, plural, quantity } from "@/lib/format";
import type { Compared, Proof, Proposal } from "../api/proposals";
import { MeasureControl } from "./measure-control";
import { ShareFigure } from "./share-figure";

const VERDICTS = {
  pending: "Not measured yet: it takes a run before and one after approval.",
  improved: "It helps: more of the topic's questions are answered well, and that is more than chance.",
  no_difference: "No difference that is more than chance.",
  harmful: "It harms: fewer questions are answered well than before.",
};

/** The same questions before and after, those of the topic and those of others. */
export function ProofView({ proposal }: { proposal: Proposal }) {
  const { proof, held_out_questions: heldOut, unrelated_questions: unrelated } = proposal;
  return (
    <section aria-label="Before and after" className="flex flex-col items-start gap-2">
      {proof && proof.verdict !== "pending" ? (
        <p className={proof.verdict === "harmful" ? "font-medium text-loss" : "font-medium"}>{VERDICTS[proof.verdict]}</p>
      ) : (
        <p className="text-xs text-quiet">
          {proof?.before ? `Measured before on ${moment(proof.before.at)}; what is missing is a run after approval.` : VERDICTS.pending} Held out for it:{" "}
          {quantity(heldOut)} of the topic&rsquo;s questions, and {quantity(unrelated)} of other topics.
        </p>
      )}
      {proof?.held_out || proof?.unrelated ? <ComparedTable proof={proof} /> : null}
      {proof?.evaluation ? <LostCases proof={proof} /> : null}
      <MeasureControl proposal={proposal} />
    </section>
  );
}

function ComparedTable({ proof }: { proof: Proof }) {
  return (
    <DataTable label="Before and after" className="w-full max-w-2xl">
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
        <ComparedRow label="Cases of the evaluation" compared={proof.evaluation} />
      </tbody>
    </DataTable>
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

/** Cases that were answered well before and are not any more, with what is wrong. */
function LostCases({ proof: { before, after } }: { proof: Proof }) {
  const passed = new Set(before?.evaluation?.passed);
  const lost = after?.evaluation?.failed.filter(({ case_id: id }) => passed.has(id)) ?? [];
  if (lost.length === 0) return null;
  return (
    <details className="text-xs">
      <summary className="w-fit rounded-sm text-accent">{plural(lost.length, "case")} of the evaluation lost</summary>
      <ul className="mt-1 flex flex-col gap-2">
        {lost.map(({ case_id: id, question, problems }) => (
          <li key={id} className="border-l-2 border-line pl-2">
            <p className="font-medium">{question}</p>
            <p className="text-quiet">{problems.join("; ")}</p>
          </li>
        ))}
      </ul>
    </details>
  );
}
