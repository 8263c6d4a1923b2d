"""What the adoptions of all workflows share: a request comes from another system, in the state in which it is.

    line ──▶ Adopt ──▶ claims hold ──▶ limits, as they were stated ──▶ the first step of the request

Each workflow states its own requests, and has its own claims, in its folder; here is what they are made of: `fields` are what
is stated, `limits` the dates that were stated to people, `claims` what has to hold together, and `opened` what the three
workflows have in common whose requests keep their policy from the day on which they are opened.
"""
