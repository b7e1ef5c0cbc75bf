import type { Metadata } from "next";

import { HoldingsWorkspace } from "./holdings-workspace";

export const metadata: Metadata = { title: "Edit holdings" };

export default async function HoldingsPage({ params }: PageProps<"/portfolios/[id]/holdings">) {
  const { id } = await params;
  return <HoldingsWorkspace portfolioId={id} />;
}
