"use client";

import { Button } from "@/components/ui/button";
import { Cell, DataTable, HeaderCell } from "@/components/ui/data-table";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import { decimal, moment, quantity } from "@/lib/format";
import { useMeasure, type Compared, type Proposal } from "../api/proposals";
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
      <MeasureButton proposal={proposal} />
    </section>
  );
}

function MeasureButton({ proposal }: { proposal: Proposal }) {
  const measure = useMeasure(proposal);
  if (proposal.status !== "draft" && proposal.status !== "approved") return null;
  return (
    <>
      {measure.isWaiting ? (
        <div className="w-64">
          <ProgressBar label="Asking the held-out questions" value={null} />
        </div>
      ) : (
        <Button onClick={measure.start}>{proposal.status === "draft" ? "Measure as it is now" : "Measure with the change"}</Button>
      )}
      {measure.error ? <Notice tone="error">It could not be measured. {measure.error.message}</Notice> : null}
    </>
  );
}

function ComparedTable({ proof }: { proof: NonNullable<Proposal["proof"]> }) {
  return (
    <DataTable label="Before and after" className="max-w-2xl">
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
