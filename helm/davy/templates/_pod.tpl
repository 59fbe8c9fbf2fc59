{{/* Davy's container, but for what differs between a Deployment and a sidecar. Takes {root, port}: the port's name. */}}
{{- define "davy.container" -}}
{{- $port := .port -}}
{{- with .root -}}
image: {{ include "davy.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args:
  - guard
  {{- if .Values.existingPolicyConfigMap }}
  - /etc/davy/policies
  {{- else }}
  {{- range $file, $policy := .Values.policies }}
  - /etc/davy/policies/{{ $file }}.yaml
  {{- end }}
  {{- end }}
  - --report-dir=/var/lib/davy/reports
  - --listen={{ .Values.web.listenAddress }}:{{ .Values.web.port }}
  - --log=json
  {{- if .Values.leaderElection.enabled }}
  - --leader-elect
  {{- else }}
  {{- $services := include "davy.services" . | fromJsonArray }}
  - --journal=/var/lib/davy{{ if eq (len $services) 1 }}/{{ first $services }}.journal{{ end }}
  {{- end }}
  {{- if .Values.web.apiTokenSecret }}
  - --api-token-file=/etc/davy/api/token
  {{- end }}
  {{- range .Values.extraArgs }}
  - {{ . | quote }}
  {{- end }}
env:
  - name: POD_NAME
    valueFrom:
      fieldRef:
        fieldPath: metadata.name
  - name: POD_UID
    valueFrom:
      fieldRef:
        fieldPath: metadata.uid
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .Values.extraEnvFrom }}
envFrom:
  {{- toYaml . | nindent 2 }}
{{- end }}
ports:
  - name: {{ $port }}
    containerPort: {{ .Values.web.port }}
    protocol: TCP
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
volumeMounts:
  - name: davy-policies
    mountPath: /etc/davy/policies
    readOnly: true
  - name: davy-data
    mountPath: /var/lib/davy
  - name: davy-token
    mountPath: /var/run/secrets/kubernetes.io/serviceaccount
    readOnly: true
  {{- if .Values.web.apiTokenSecret }}
  - name: davy-api
    mountPath: /etc/davy/api
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{/*
A token of the pod's service account that only the containers which mount it can read, where every client looks for it.
Takes {root, mode}.
*/}}
{{- define "davy.tokenVolume" -}}
- name: davy-token
  projected:
    defaultMode: {{ .mode }}
    sources:
      - serviceAccountToken:
          path: token
          expirationSeconds: {{ .root.Values.tokenExpirationSeconds }}
      - configMap:
          name: kube-root-ca.crt
          items:
            - key: ca.crt
              path: ca.crt
      - downwardAPI:
          items:
            - path: namespace
              fieldRef:
                fieldPath: metadata.namespace
{{- end }}

{{/* Takes {root, mode}: how the token may be read. */}}
{{- define "davy.volumes" -}}
{{- $values := .root.Values -}}
- name: davy-policies
  configMap:
    name: {{ include "davy.policyConfigMap" .root }}
- name: davy-data
  {{- if and $values.persistence.enabled (eq $values.mode "standalone") }}
  persistentVolumeClaim:
    claimName: {{ default (include "davy.fullname" .root) $values.persistence.existingClaim }}
  {{- else }}
  emptyDir:
    sizeLimit: {{ $values.persistence.size }}
  {{- end }}
{{ include "davy.tokenVolume" . }}
{{- if $values.web.apiTokenSecret }}
- name: davy-api
  secret:
    secretName: {{ $values.web.apiTokenSecret }}
    items:
      - key: {{ $values.web.apiTokenKey }}
        path: token
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/*
For other charts: Davy as an entry of initContainers (or of containers, with sidecar.native=false). From a chart that
depends on this one:
  {{- include "davy.sidecar" .Subcharts.davy | nindent 8 }}
It has no readinessProbe and no startupProbe: Davy must never keep its application from starting or from traffic.
*/}}
{{- define "davy.sidecar" -}}
{{- if .Values.sidecar.native }}
{{- if semverCompare "<1.29.0-0" .Capabilities.KubeVersion.Version }}
{{- fail (printf "davy: a native sidecar needs Kubernetes 1.29, this is %s; set sidecar.native=false and include davy.sidecar under containers" .Capabilities.KubeVersion.Version) }}
{{- end }}
{{- end -}}
- name: {{ .Values.sidecar.name }}
  {{- if .Values.sidecar.native }}
  restartPolicy: Always
  {{- end }}
  {{- include "davy.container" (dict "root" . "port" "davy-http") | nindent 2 }}
  {{- with .Values.livenessProbe }}
  livenessProbe:
    {{- toYaml . | replace "port: http" "port: davy-http" | nindent 4 }}
  {{- end }}
  resources:
    {{- toYaml .Values.sidecar.resources | nindent 4 }}
{{- end }}

{{/* The volumes of davy.sidecar. The token is read by everyone in the one container that mounts it. */}}
{{- define "davy.sidecar.volumes" -}}
{{ include "davy.volumes" (dict "root" . "mode" "0444") }}
{{- end }}
