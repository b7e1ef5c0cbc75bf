import type { Metadata } from "next";

import { NewPortfolio } from "./new-portfolio";

export const metadata: Metadata = { title: "New portfolio" };

export default function NewPortfolioPage() {
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-4 p-4 sm:p-6">
      <h1 className="text-xl font-semibold tracking-tight">New portfolio</h1>
      <NewPortfolio />
    </div>
  );
}
