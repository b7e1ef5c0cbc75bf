"use client";

import type { ReactNode } from "react";

import { Card } from "@/components/ui/card";
import { Figure } from "@/components/ui/figure";
import { Notice } from "@/components/ui/notice";
import { QueryNotice } from "@/components/ui/query-notice";
import { LoadingBlock } from "@/components/ui/skeleton";
import { day, duration, money, plural, quantity } from "@/lib/format";
import { useReport, type AnswerFigures, type ReportBody } from "../api/learning";
import { ModelTable, ToolTable } from "./report-tables";
import { ShareFigure } from "./share-figure";
import { TopicTable } from "./topic-table";

export function ReportView({ reportId }: { reportId: string }) {
  const { data, error, refetch } = useReport(reportId);
  if (error) return <QueryNotice what="The report" error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingBlock label="Loading the report" className="h-72" />;
  if (!data.body) return <Notice tone="warning">This report says nothing yet.</Notice>;
  return (
    <Card title="Report" aside={`${day(data.since)} to ${day(data.until)}`}>
      <div className="flex flex-col gap-5">
        <Figures figures={data.body.figures} />
        <TopicTable reportId={reportId} topics={data.body.topics} />
        <LeftOver body={data.body} />
        <ModelTable title="By model" rows={data.body.by_model} />
        <ModelTable title="By routing variant" rows={data.body.by_variant} />
        <ToolTable tools={data.body.tools} />
      </div>
    </Card>
  );
}

function Figures({ figures }: { figures: AnswerFigures }) {
  return (
    <dl className="grid grid-cols-2 gap-3 text-sm sm:grid-cols-4">
      <Item label="Answers" note={`to ${figures.people === 1 ? "1 person" : `${quantity(figures.people)} people`}`}>
        {quantity(figures.answers)}
      </Item>
      <Item label="Thumbs down" note="of those rated">
        <ShareFigure share={figures.down} of="rated answers" />
      </Item>
      <Item label="With untraced figures" note={plural(figures.untraced_figures, "figure")}>
        <ShareFigure share={figures.untraced} of="answers with figures" />
      </Item>
      <Item label="Failed" note="ended in an error">
        <ShareFigure share={figures.failed} of="answers" />
      </Item>
      <Item label="With a cited source">
        <ShareFigure share={figures.cited} of="answers" />
      </Item>
      <Item label="Cost" note={figures.answers_of_unknown_cost > 0 ? `and ${plural(figures.answers_of_unknown_cost, "answer")} of unknown cost` : null}>
        <Figure value={figures.cost_usd} format={(value) => money(value, "USD")} reason="No answer's cost is known." />
      </Item>
      <Item label="Time, median" note={figures.p90_ms === null ? null : `nine of ten within ${duration(figures.p90_ms)}`}>
        <Figure value={figures.median_ms} format={duration} reason="No answer's time is known." />
      </Item>
      <Item label="First words after">
        <Figure value={figures.median_first_token_ms} format={duration} reason="Not known of any answer." />
      </Item>
    </dl>
  );
}

function Item({ label, note, children }: { label: string; note?: string | null; children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-quiet">{label}</dt>
      <dd className="text-lg font-semibold">
        {children}
        {note ? <span className="block text-xs font-normal text-quiet">{note}</span> : null}
      </dd>
    </div>
  );
}

function LeftOver({ body: { unsorted, unread, is_cut: isCut } }: { body: ReportBody }) {
  const notes = [
    unsorted > 0 ? `${plural(unsorted, "answer")} in no topic: nobody else asked the like.` : null,
    unread > 0 ? `${plural(unread, "question")} in a script that the embedding model has no words for.` : null,
    isCut ? "There were more answers than are looked at: the oldest are left out." : null,
  ].filter((note) => note !== null);
  return notes.length > 0 ? <p className="text-xs text-quiet">{notes.join(" ")}</p> : null;
}
