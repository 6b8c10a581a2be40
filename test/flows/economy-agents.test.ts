import { expect } from "chai";

import { agrees, playCheats } from "../../scripts/economics/agents";
import { readReport } from "../../scripts/reports/files";

describe("Agents that cheat, on the contracts", () => {
  it("fare as the model says: checked, unchecked, honest and reporting themselves", async () => {
    const findings = await playCheats(14);
    expect(findings.map(({ cases }) => cases)).to.deep.equal([8, 8, 8, 8, 8]);
    for (const finding of findings) expect(agrees(finding), JSON.stringify(finding)).to.be.true;
    const [honest, ...cheats] = findings.map(({ real }) => real);
    for (const cheat of cheats.slice(2)) expect(cheat).to.be.below(honest ?? 0);
  });

  it("did so in the long form, over 100 periods and more", () => {
    const { rows } = readReport("economy-agents");
    expect(rows.length).to.be.at.least(10);
    for (const [agent, periods, cases, real, model, error] of rows) {
      const finding = {
        agent: String(agent),
        periods: Number(periods),
        cases: Number(cases),
        real: Number(real),
        model: Number(model),
        error: Number(error),
      };
      expect(agrees(finding), JSON.stringify(finding)).to.be.true;
      if (!finding.agent.startsWith("draws")) expect(finding.periods).to.be.at.least(100);
    }
  });
});
