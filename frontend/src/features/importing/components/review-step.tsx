"use client";

import clsx from "clsx";
import { useId, useState } from "react";

import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Notice } from "@/components/ui/notice";
import { ProgressBar } from "@/components/ui/progress-bar";
import { ApiError, fieldsOf } from "@/lib/api/errors";
import { plural } from "@/lib/format";
import { useDryRun, useRealRun, type ChosenFile, type ImportOptions, type ImportReport, type Target } from "../api/imports";
import { fileSize } from "../file-size";
import { OptionsForm } from "./options-form";
import { ReportView } from "./report-view";
import { StepHeading } from "./step-heading";

interface ReviewStepProps {
  chosen: ChosenFile;
  initialTarget: Target;
  onStartOver: () => void;
  onImported: (report: ImportReport) => void;
}

export function ReviewStep({ chosen, initialTarget, onStartOver, onImported }: ReviewStepProps) {
  const [options, setOptions] = useState<ImportOptions>({ target: initialTarget, asOf: null });
  const [sent, setSent] = useState(0);
  const run = useRealRun();
  const dryRun = useDryRun(chosen, options, setSent);
  const { data: report, error, isFetching, isPlaceholderData: isOutdated } = dryRun;
  const fields = fieldsOf(error);
  // A file that cannot be read at all has nothing to choose for.
  const hasOptions = report !== undefined || Object.keys(fields).length > 0;
  return (
    <>
      <FileLine file={chosen.file} report={report} isImporting={run.isPending} onStartOver={onStartOver} />
      {isFetching ? <SendingBar fileName={chosen.file.name} sent={sent} doing="Checking" /> : null}
      {error ? <DryRunNotice error={error} onRetry={() => void dryRun.refetch()} /> : null}
      {hasOptions ? (
        <Card title="Where it goes">
          <fieldset disabled={run.isPending}>
            <OptionsForm options={options} fields={fields} suggestedName={nameFrom(chosen.file.name)} statedAsOf={report?.as_of ?? null} onChange={setOptions} />
          </fieldset>
        </Card>
      ) : null}
      {report ? (
        <>
          <div aria-busy={isFetching} className={clsx("flex flex-col gap-4", isOutdated && "opacity-60")}>
            <ReportView report={report} />
          </div>
          <ImportForm run={run} chosen={chosen} options={options} report={report} isReady={!isFetching && !isOutdated} onImported={onImported} />
        </>
      ) : null}
    </>
  );
}

interface FileLineProps {
  file: File;
  report: ImportReport | undefined;
  isImporting: boolean;
  onStartOver: () => void;
}

function FileLine({ file, report, isImporting, onStartOver }: FileLineProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <div className="min-w-0">
        <StepHeading>Review</StepHeading>
        <p className="text-sm wrap-anywhere text-quiet">
          {file.name}, {fileSize(file.size)}
          {report ? `, recognised as ${report.format_label}` : ""}
        </p>
      </div>
      <Button disabled={isImporting} onClick={onStartOver}>Choose another file</Button>
    </div>
  );
}

interface ImportFormProps {
  run: ReturnType<typeof useRealRun>;
  chosen: ChosenFile;
  options: ImportOptions;
  report: ImportReport;
  /** Whether the report says what these options would make. */
  isReady: boolean;
  onImported: (report: ImportReport) => void;
}

function ImportForm({ run, chosen, options, report, isReady, onImported }: ImportFormProps) {
  const id = useId();
  const [acceptsPartial, setAcceptsPartial] = useState(false);
  const [sent, setSent] = useState(0);
  const rejected = report.rejected_rows.length;
  if (report.portfolios.length === 0) return <Notice tone="warning">Nothing of this file can be imported.</Notice>;
  const start = () => run.mutate({ file: chosen.file, options, acceptsPartial, onProgress: setSent }, { onSuccess: onImported });
  const isHeldBack = rejected > 0 && !acceptsPartial;
  return (
    <div className="flex flex-col gap-3">
      {rejected > 0 ? (
        <label className="flex items-start gap-2 text-sm">
          <input type="checkbox" checked={acceptsPartial} onChange={(event) => setAcceptsPartial(event.target.checked)} className="mt-0.5 size-4 accent-accent" />
          Leave out the {plural(rejected, "rejected row")} and import the rest
        </label>
      ) : null}
      {run.isPending ? <SendingBar fileName={chosen.file.name} sent={sent} doing="Importing" /> : null}
      {run.error ? <Notice tone="error">{failure(run.error)}</Notice> : null}
      <div className="flex flex-wrap items-center gap-3">
        <Button variant="primary" className="h-9" disabled={!isReady || isHeldBack || run.isPending} aria-describedby={isHeldBack ? id : undefined} onClick={start}>
          {run.isPending ? "Importing…" : `Import ${made(report)}`}
        </Button>
        {isHeldBack ? (
          <p id={id} className="text-xs text-quiet">
            All or nothing: correct the rejected rows in the file, or leave them out.
          </p>
        ) : null}
      </div>
    </div>
  );
}

function SendingBar({ fileName, sent, doing }: { fileName: string; sent: number; doing: string }) {
  // What has all gone out is with the server, which does not say how far it is.
  return sent < 1 ? <ProgressBar label={`Sending ${fileName}`} value={sent} /> : <ProgressBar label={`${doing} ${fileName}`} value={null} />;
}

function DryRunNotice({ error, onRetry }: { error: Error; onRetry: () => void }) {
  if (Object.keys(fieldsOf(error)).length > 0) return null;
  const isTransient = error instanceof ApiError && error.isTransient;
  return (
    <Notice tone="error" onRetry={isTransient ? onRetry : undefined}>
      The file could not be read. {error.message}
    </Notice>
  );
}

function failure(error: Error): string {
  // Sent, and no answer: it may have been kept, and a second one would be held twice.
  const isUncertain = error instanceof ApiError && error.status === 0;
  return isUncertain
    ? "No answer came from the server. Look at your portfolios before you import again: it may have been kept."
    : `Nothing was imported. ${error.message}`;
}

function made({ position_count: lots, portfolios }: ImportReport): string {
  const cash = portfolios.reduce((sum, portfolio) => sum + portfolio.cash.length, 0);
  const what = lots > 0 ? plural(lots, "lot") : plural(cash, "cash amount");
  const [only] = portfolios;
  return portfolios.length === 1 && only ? `${what} into ${only.name}` : `${what} into ${plural(portfolios.length, "portfolio")}`;
}

const nameFrom = (fileName: string) => fileName.replace(/\.[a-z]+$/i, "").slice(0, 120);
