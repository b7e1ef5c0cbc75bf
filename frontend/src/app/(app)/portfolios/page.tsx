import { FileUp, Plus } from "lucide-react";
import type { Metadata } from "next";

import { ButtonLink } from "@/components/ui/button-link";
import { PortfolioList } from "@/features/portfolio/components/portfolio-list";

export const metadata: Metadata = { title: "Portfolios" };

export default function PortfoliosPage() {
  return (
    <div className="mx-auto flex w-full max-w-6xl flex-col gap-4 p-4 sm:p-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-xl font-semibold tracking-tight">Portfolios</h1>
        <div className="flex flex-wrap gap-2">
          <ImportLink />
          <NewLink />
        </div>
      </div>
      <PortfolioList
        ways={
          <>
            <ImportLink isMain />
            <NewLink />
          </>
        }
      />
    </div>
  );
}

function ImportLink({ isMain = false }: { isMain?: boolean }) {
  return (
    <ButtonLink href="/import" variant={isMain ? "primary" : "secondary"}>
      <FileUp aria-hidden="true" className="size-4" /> Import a file
    </ButtonLink>
  );
}

function NewLink() {
  return (
    <ButtonLink href="/portfolios/new">
      <Plus aria-hidden="true" className="size-4" /> New portfolio
    </ButtonLink>
  );
}
