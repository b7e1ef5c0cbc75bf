"use client";

import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Select } from "@/components/ui/select";
import { quantity } from "@/lib/format";
import { useStressTest, type StressTest } from "../api/risk";
import { categoriesOf, gravestFirst, type Category } from "../stress-order";
import { CustomStress } from "./custom-stress";
import { MeasureCard } from "./measure-card";
import { StressTable } from "./stress-table";

const FIRST_SHOWN = 10;

export function StressCard({ portfolioId }: { portfolioId: string }) {
  const query = useStressTest(portfolioId);
  const [category, setCategory] = useState<Category | null>(null);
  const control = query.data ? (
    <Select
      aria-label="Show scenarios of"
      value={category ?? ""}
      className="h-7! text-xs!"
      onChange={(event) => setCategory((event.target.value || null) as Category | null)}
    >
      <option value="">All scenarios</option>
      {categoriesOf(query.data.scenarios).map(({ value, label }) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </Select>
  ) : null;
  return (
    <MeasureCard title="Stress tests" query={query} control={control}>
      {(data) => (
        <>
          <Scenarios key={category} stressTest={data} category={category} />
          <CustomStress portfolioId={portfolioId} symbols={data.coverage.included} />
        </>
      )}
    </MeasureCard>
  );
}

function Scenarios({ stressTest, category }: { stressTest: StressTest; category: Category | null }) {
  const [isWhole, setWhole] = useState(false);
  const scenarios = gravestFirst(stressTest.scenarios, category);
  return (
    <>
      <StressTable label="Stress tests" scenarios={isWhole ? scenarios : scenarios.slice(0, FIRST_SHOWN)} currency={stressTest.base_currency} />
      {scenarios.length > FIRST_SHOWN ? (
        <Button variant="ghost" className="mt-1 px-2 text-accent" onClick={() => setWhole(!isWhole)}>
          {isWhole ? `Show the ${FIRST_SHOWN} gravest` : `Show all ${quantity(scenarios.length)}`}
        </Button>
      ) : null}
    </>
  );
}
