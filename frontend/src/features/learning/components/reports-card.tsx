"use client";

import { Trash2 } from "lucide-react";
import { useState, type FormEvent } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { ConfirmButton } from "@/components/ui/confirm-button";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import { QueryNotice } from "@/components/ui/query-notice";
import { Select } from "@/components/ui/select";
import { LoadingBlock } from "@/components/ui/skeleton";
import { day, moment, plural } from "@/lib/format";
import { isUnderWay, useDeleteReport, useOrderReport, useReports, type Report } from "../api/learning";

const SPANS = [7, 30, 90, 366];

interface ReportsCardProps {
  selectedId: string | null;
  onSelect: (reportId: string | null) => void;
}

export function ReportsCard({ selectedId, onSelect }: ReportsCardProps) {
  const reports = useReports();
  return (
    <Card title="Reports" aside={<OrderForm />}>
      <p className="mb-2 text-sm text-quiet">
        What people of your organisation ask and how well it is answered. A report names some of their questions.
      </p>
      {reports.isPending ? <LoadingBlock label="Loading the reports" className="h-24" /> : null}
      {reports.error ? <QueryNotice what="The reports" error={reports.error} onRetry={() => void reports.refetch()} /> : null}
      {reports.data?.length === 0 ? <p className="py-2 text-sm text-quiet">No report yet.</p> : null}
      <ul className="divide-y divide-line">
        {reports.data?.map((report) => (
          <ReportRow key={report.id} report={report} isSelected={report.id === selectedId} onSelect={onSelect} />
        ))}
      </ul>
      {reports.hasNextPage ? <Button onClick={() => void reports.fetchNextPage()}>Show older ones</Button> : null}
    </Card>
  );
}

function OrderForm() {
  const [days, setDays] = useState(90);
  const order = useOrderReport();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    order.mutate(days);
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center justify-end gap-2">
      {order.error ? (
        <span role="alert" className="text-loss">
          {order.error.message}
        </span>
      ) : null}
      <Select aria-label="Days to report on" value={days} onChange={(event) => setDays(Number(event.target.value))} className="text-text">
        {SPANS.map((span) => (
          <option key={span} value={span}>
            {span === 366 ? "The last year" : `The last ${span} days`}
          </option>
        ))}
      </Select>
      <Button type="submit" variant="primary" disabled={order.isPending}>
        Make a report
      </Button>
    </form>
  );
}

interface ReportRowProps {
  report: Report;
  isSelected: boolean;
  onSelect: (reportId: string | null) => void;
}

function ReportRow({ report, isSelected, onSelect }: ReportRowProps) {
  const remove = useDeleteReport(report.id);
  const period = `${day(report.since)} to ${day(report.until)}`;
  const forget = () => remove.mutate(undefined, { onSuccess: () => isSelected && onSelect(null) });
  return (
    <li className="flex items-center gap-2 py-1.5 text-sm">
      <div className="min-w-0 flex-1">
        {report.status === "ready" ? (
          <button
            type="button"
            aria-current={isSelected || undefined}
            onClick={() => onSelect(report.id)}
            className="rounded-sm font-medium text-accent hover:underline aria-current:text-text"
          >
            {period}
          </button>
        ) : (
          <span className="font-medium">{period}</span>
        )}
        <span className="block text-xs text-quiet">
          {report.answers === null ? "" : `${plural(report.answers, "answer")}, ${plural(report.topics ?? 0, "topic")} · `}
          {moment(report.created_at)}
        </span>
        {isUnderWay(report) ? <ProgressBar label={report.status === "waiting" ? "Waiting for its turn" : "Being made"} value={null} /> : null}
        {report.status === "failed" ? <Notice tone="error">{report.error?.message ?? "The report could not be made."}</Notice> : null}
      </div>
      <ConfirmButton icon label={`Delete the report of ${period}`} confirm="Delete" isPending={remove.isPending} isError={remove.isError} onConfirm={forget}>
        <Trash2 aria-hidden="true" className="size-3.5" />
      </ConfirmButton>
    </li>
  );
}
