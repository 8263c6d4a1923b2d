"""What the adoptions of all workflows share: a request comes from another system, in the state in which it is.

    line ──▶ Adopt ──▶ claims hold ──▶ limits, as they were stated ──▶ the first step of the request

Each workflow states its own requests, and has its own claims, in its folder. Here is what they are made of: `fields` are what
is stated, `instants` when it happened, `limits` the dates that were stated to people, `claims` what has to hold together.
Three workflows keep a request's policy from the day on which it is opened; `opened` is what they have in common, `running`
what holds of their limits, and `guarded` lets them ask the guards of the table.
"""
