import type { Metadata } from "next";

import { PortfolioWorkspace } from "./portfolio-workspace";

export const metadata: Metadata = { title: "Portfolio" };

export default async function PortfolioPage({ params }: PageProps<"/portfolios/[id]">) {
  const { id } = await params;
  return <PortfolioWorkspace portfolioId={id} />;
}
