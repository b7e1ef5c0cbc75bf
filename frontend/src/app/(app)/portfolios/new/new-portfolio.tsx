"use client";

import { useRouter } from "next/navigation";

import { NewPortfolioForm } from "@/features/holdings/components/portfolio-form";

export function NewPortfolio() {
  const router = useRouter();
  return <NewPortfolioForm onCreated={(id) => router.replace(`/portfolios/${id}/holdings`)} />;
}
