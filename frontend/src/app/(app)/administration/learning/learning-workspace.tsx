"use client";

import { ProposalsCard } from "@/features/learning/components/proposals-card";
import { ReportView } from "@/features/learning/components/report-view";
import { ReportsCard } from "@/features/learning/components/reports-card";
import { useAddressParameter } from "@/lib/use-address-parameter";

export function LearningWorkspace() {
  const [reportId, setReportId] = useAddressParameter("report");
  return (
    <>
      <ReportsCard selectedId={reportId} onSelect={setReportId} />
      {reportId ? <ReportView key={reportId} reportId={reportId} /> : null}
      <ProposalsCard />
    </>
  );
}
