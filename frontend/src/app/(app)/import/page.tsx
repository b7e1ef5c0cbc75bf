import type { Metadata } from "next";

import { ImportWizard } from "@/features/importing/components/import-wizard";

export const metadata: Metadata = { title: "Import holdings" };

export default async function ImportPage({ searchParams }: PageProps<"/import">) {
  const { portfolio } = await searchParams;
  return (
    <div className="mx-auto flex w-full max-w-4xl flex-col gap-4 p-4 sm:p-6">
      <h1 className="text-xl font-semibold tracking-tight">Import holdings</h1>
      <ImportWizard portfolioId={typeof portfolio === "string" ? portfolio : null} />
    </div>
  );
}
