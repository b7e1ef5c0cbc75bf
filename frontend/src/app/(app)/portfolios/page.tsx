import type { Metadata } from "next";

import { PortfolioList } from "@/features/portfolio/components/portfolio-list";

export const metadata: Metadata = { title: "Portfolios" };

export default function PortfoliosPage() {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 sm:p-6">
      <h1 className="text-xl font-semibold tracking-tight">Portfolios</h1>
      <PortfolioList />
    </div>
  );
}
