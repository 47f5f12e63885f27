/** Valid workflows that use every part of the language. Each key is on its own line. */
export const VALID_WORKFLOWS: Readonly<Record<string, string>> = {
  search: `version: '1'
name: Weekly report
description: Finds new files and reports them
enabled: true
tags:
  - reports
settings:
  timeout: 2h
  timezone: Europe/Berlin
  max-step-size: 5mb
  concurrency:
    key: report
    strategy: queue
    max: 2
    queue-size: 10
    queue-ttl: 1h
  liquid:
    parseLimit: 200000
    renderLimit: 1500
  on-failure:
    retry:
      max-attempts: 2
      delay: 5s
      strategy: exponential
      multiplier: 3
      max-delay: 1m
      jitter: true
triggers:
  - type: scheduled
    with:
      rrule:
        freq: WEEKLY
        interval: 1
        tzid: Europe/Berlin
        byhour:
          - 8
        byminute:
          - 30
        byweekday:
          - MO
  - type: scheduled
    with:
      every: 15m
  - type: manual
    inputs:
      - name: folder
        type: string
        required: true
        default: reports
        description: Where to look
      - name: depth
        type: number
        default: 3
      - name: mode
        type: choice
        options:
          - fast
          - full
        default: fast
      - name: words
        type: array
        minItems: 1
        default:
          - budget
consts:
  owner: ana
  limits:
    small: 5
steps:
  - name: search
    type: google_drive.searchFiles
    connector-id: My Drive
    timeout: 1m30s
    max-step-size: 1mb
    with:
      query: "{{ inputs.folder }} and {{ consts.owner }}"
      pageSize: 20
    on-failure:
      retry:
        max-attempts: 3
        delay: 2s
        condition: "error.type : Timeout"
      continue: true
  - name: found
    type: if
    condition: "steps.search.output.files : * and inputs.depth > 2"
    steps:
      - name: report
        type: console
        if: "\${{ steps.search.output.files.size > 0 }}"
        with:
          message: |
            Files of {{ consts.owner }}
            {% for file in steps.search.output.files %}
            - {{ file.name | upcase }}
            {% endfor %}
    else:
      - name: nothing
        type: workflow.fail
        with:
          message: "nothing in {{ inputs.folder }}"
`,
  loops: `name: Loops
triggers:
  - type: manual
inputs:
  properties:
    files:
      type: array
    days:
      type: integer
      default: 3
steps:
  - name: each
    type: foreach
    foreach: "\${{ inputs.files }}"
    max-iterations:
      limit: 50
      on-limit: fail
    iteration-timeout: 30s
    iteration-on-failure:
      continue: true
    steps:
      - name: skip
        type: loop.continue
        if: "foreach.item.size > 100"
      - name: fetch
        type: http
        timeout: 10s
        on-interrupted: retry
        with:
          url: "https://files.example/{{ foreach.item.id | url_encode }}"
          method: POST
          headers:
            Accept: text/plain
          body:
            place: "\${{ foreach.index }}"
          fetcher:
            follow_redirects: true
            max_redirects: 3
        on-failure:
          fallback:
            - name: note
              type: console
              with:
                message: "{{ error.message }}"
      - name: choose
        type: switch
        expression: "{{ steps.fetch.output.status }}"
        cases:
          - match: 200
            steps:
              - name: keep
                type: data.set
                with:
                  kept: "\${{ steps.fetch.output.data }}"
        default:
          - name: stop
            type: loop.break
  - name: poll
    type: while
    condition: "while.iteration < 3"
    max-iterations: 10
    steps:
      - name: pause
        type: wait
        with:
          duration: 5s
  - name: show
    type: console
    with:
      message: "{{ variables.kept }} {{ steps.each.total }} {{ inputs.days }}"
`,
  branches: `name: Branches
triggers:
  - type: workflows.failed
    on:
      condition: "event.workflow.name : report*"
      workflowEvents: ignore
outputs:
  - name: total
    type: number
steps:
  - name: both
    type: parallel
    mode: settled
    branch-timeout: 1m
    concurrency:
      max: 2
      count-waiting: false
    branches:
      - name: left
        steps:
          - name: left_call
            type: workflow.execute
            timeout: 5m
            with:
              workflow-id: child
              inputs:
                id: "{{ event.execution.id }}"
      - name: right
        steps:
          - name: right_call
            type: workflow.executeAsync
            with:
              workflow-id: other
  - name: ask
    type: waitForApproval
    timeout: 2d
    with:
      message: "Go on with {{ steps.both.output.total }}?"
      approveLabel: Go on
  - name: form
    type: waitForInput
    if: "steps.ask.output.response.approved : true"
    with:
      message: Which one?
      schema:
        type: object
  - name: end
    type: workflow.output
    status: completed
    with:
      total: "\${{ steps.both.output.total }}"
`,
  lists: `name: Lists
triggers:
  - type: manual
consts:
  rows:
    - id: 1
steps:
  - name: mapped
    type: data.map
    items: "\${{ consts.rows }}"
    with:
      fields:
        id: "{{ item.id }}-{{ index }}"
  - name: kept
    type: data.filter
    items: "\${{ steps.mapped.output }}"
    with:
      condition: "item.id : 1*"
      limit: 10
  - name: first
    type: data.find
    items: "\${{ steps.kept.output }}"
    with:
      condition: "item.id : *"
      errorIfEmpty: false
  - name: unique
    type: data.dedupe
    strategy: keep_last
    items: "\${{ steps.kept.output }}"
    with:
      keys:
        - id
  - name: grouped
    type: data.aggregate
    items: "\${{ steps.unique.output }}"
    with:
      group_by:
        - id
      metrics:
        - name: count
          operation: count
      order_by: count
      order: desc
      limit: 3
  - name: joined
    type: data.concat
    arrays:
      - "\${{ steps.grouped.output }}"
      - "\${{ steps.kept.output }}"
    with:
      dedupe: true
      flatten: 2
  - name: parsed
    type: data.parseJson
    source: '{"a": {{ steps.first.output.item | json }}}'
  - name: written
    type: data.stringifyJson
    source: "\${{ steps.parsed.output }}"
    with:
      pretty: true
  - name: groups
    type: data.regexExtract
    source: "{{ steps.written.output }}"
    errorIfNoMatch: true
    with:
      pattern: a(.)
      fields:
        letter: $1
  - name: replaced
    type: data.regexReplace
    source: "{{ steps.groups.output.letter }}"
    detailed: true
    with:
      pattern: a
      replacement: b
      flags: g
`,
};
