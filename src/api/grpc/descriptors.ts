// The descriptors that reflection hands out, as protoc serialises them (without comments), in base64. A test beside this
// file reads proto/ again and compares; the end-to-end test compares with protoc's own bytes, and prints them when they
// differ. `symbols` are the full names that each file defines.

export interface Described {
  readonly name: string;
  readonly symbols: readonly string[];
  readonly base64: string;
}

export const DESCRIPTORS: readonly Described[] = [
  {
    name: 'analysis.proto',
    symbols: [
      'analysis.AnomalyAnalysis',
      'analysis.AnomalyAnalysis.DetectAnomalies',
      'analysis.TimeSeriesData',
      'analysis.DataPoint',
      'analysis.AnalysisResult',
      'analysis.AnomalyScore',
    ],
    base64:
      'Cg5hbmFseXNpcy5wcm90bxIIYW5hbHlzaXMiwAEKDlRpbWVTZXJpZXNEYXRhEhMKC21ldHJpY19uYW1lGAEgASgJEigKC2RhdGFf' +
      'cG9pbnRzGAIgAygLMhMuYW5hbHlzaXMuRGF0YVBvaW50EjwKCnBhcmFtZXRlcnMYAyADKAsyKC5hbmFseXNpcy5UaW1lU2VyaWVz' +
      'RGF0YS5QYXJhbWV0ZXJzRW50cnkaMQoPUGFyYW1ldGVyc0VudHJ5EgsKA2tleRgBIAEoCRINCgV2YWx1ZRgCIAEoAToCOAEiMAoJ' +
      'RGF0YVBvaW50EhQKDHRpbWVzdGFtcF9tcxgBIAEoAxINCgV2YWx1ZRgCIAEoASJPCg5BbmFseXNpc1Jlc3VsdBImCgZzY29yZXMY' +
      'ASADKAsyFi5hbmFseXNpcy5Bbm9tYWx5U2NvcmUSFQoNZXJyb3JfbWVzc2FnZRgCIAEoCSJHCgxBbm9tYWx5U2NvcmUSFAoMdGlt' +
      'ZXN0YW1wX21zGAEgASgDEg0KBXNjb3JlGAIgASgBEhIKCmlzX2Fub21hbHkYAyABKAgyWAoPQW5vbWFseUFuYWx5c2lzEkUKD0Rl' +
      'dGVjdEFub21hbGllcxIYLmFuYWx5c2lzLlRpbWVTZXJpZXNEYXRhGhguYW5hbHlzaXMuQW5hbHlzaXNSZXN1bHRiBnByb3RvMw==',
  },
  {
    name: 'tidewatch/v1/analysis.proto',
    symbols: [
      'tidewatch.v1.Analysis',
      'tidewatch.v1.Analysis.ScoreWindows',
      'tidewatch.v1.Analysis.Fit',
      'tidewatch.v1.ScoreWindowsRequest',
      'tidewatch.v1.Method',
      'tidewatch.v1.Parameter',
      'tidewatch.v1.Window',
      'tidewatch.v1.ScoreWindowsResponse',
      'tidewatch.v1.WindowScores',
      'tidewatch.v1.Failure',
      'tidewatch.v1.FitRequest',
      'tidewatch.v1.FitResponse',
      'tidewatch.v1.FailureCode',
    ],
    base64:
      'Cht0aWRld2F0Y2gvdjEvYW5hbHlzaXMucHJvdG8SDHRpZGV3YXRjaC52MSJjChNTY29yZVdpbmRvd3NSZXF1ZXN0EiUKB21ldGhv' +
      'ZHMYASADKAsyFC50aWRld2F0Y2gudjEuTWV0aG9kEiUKB3dpbmRvd3MYAiADKAsyFC50aWRld2F0Y2gudjEuV2luZG93IrQBCgZN' +
      'ZXRob2QSEQoJYWxnb3JpdGhtGAEgASgJEjgKCnBhcmFtZXRlcnMYAiADKAsyJC50aWRld2F0Y2gudjEuTWV0aG9kLlBhcmFtZXRl' +
      'cnNFbnRyeRIRCgl0aHJlc2hvbGQYAyABKAEaSgoPUGFyYW1ldGVyc0VudHJ5EgsKA2tleRgBIAEoCRImCgV2YWx1ZRgCIAEoCzIX' +
      'LnRpZGV3YXRjaC52MS5QYXJhbWV0ZXI6AjgBIkYKCVBhcmFtZXRlchIQCgZudW1iZXIYASABKAFIABIOCgR0ZXh0GAIgASgJSAAS' +
      'DgoEZmxhZxgDIAEoCEgAQgcKBXZhbHVlImAKBldpbmRvdxIOCgZtZXRob2QYASABKA0SEwoLbWV0cmljX25hbWUYAiABKAkSDwoH' +
      'c3RlcF9tcxgDIAEoARIQCgh0aW1lc19tcxgEIAMoARIOCgZ2YWx1ZXMYBSADKAEiQwoUU2NvcmVXaW5kb3dzUmVzcG9uc2USKwoH' +
      'd2luZG93cxgBIAMoCzIaLnRpZGV3YXRjaC52MS5XaW5kb3dTY29yZXMidgoMV2luZG93U2NvcmVzEg4KBnNjb3JlcxgBIAMoARIQ' +
      'CghleHBlY3RlZBgCIAMoARINCgVsb3dlchgDIAMoARINCgV1cHBlchgEIAMoARImCgdmYWlsdXJlGAUgASgLMhUudGlkZXdhdGNo' +
      'LnYxLkZhaWx1cmUiQwoHRmFpbHVyZRInCgRjb2RlGAEgASgOMhkudGlkZXdhdGNoLnYxLkZhaWx1cmVDb2RlEg8KB21lc3NhZ2UY' +
      'AiABKAkiWQoKRml0UmVxdWVzdBIkCgZtZXRob2QYASABKAsyFC50aWRld2F0Y2gudjEuTWV0aG9kEiUKB2hpc3RvcnkYAiABKAsy' +
      'FC50aWRld2F0Y2gudjEuV2luZG93Im8KC0ZpdFJlc3BvbnNlEg0KBXN0YXRlGAEgASgMEhEKCWFsZ29yaXRobRgCIAEoCRIPCgd2' +
      'ZXJzaW9uGAMgASgJEhcKD3BhcmFtZXRlcnNfaGFzaBgEIAEoCRIUCgxsYXN0X3RpbWVfbXMYBSABKAEqYQoLRmFpbHVyZUNvZGUS' +
      'HAoYRkFJTFVSRV9DT0RFX1VOU1BFQ0lGSUVEEAASGgoWRkFJTFVSRV9DT0RFX1RPT19TSE9SVBABEhgKFEZBSUxVUkVfQ09ERV9S' +
      'RUZVU0VEEAIynQEKCEFuYWx5c2lzElUKDFNjb3JlV2luZG93cxIhLnRpZGV3YXRjaC52MS5TY29yZVdpbmRvd3NSZXF1ZXN0GiIu' +
      'dGlkZXdhdGNoLnYxLlNjb3JlV2luZG93c1Jlc3BvbnNlEjoKA0ZpdBIYLnRpZGV3YXRjaC52MS5GaXRSZXF1ZXN0GhkudGlkZXdh' +
      'dGNoLnYxLkZpdFJlc3BvbnNlYgZwcm90bzM=',
  },
  {
    name: 'grpc/health/v1/health.proto',
    symbols: [
      'grpc.health.v1.Health',
      'grpc.health.v1.Health.Check',
      'grpc.health.v1.Health.List',
      'grpc.health.v1.Health.Watch',
      'grpc.health.v1.HealthCheckRequest',
      'grpc.health.v1.HealthCheckResponse',
      'grpc.health.v1.HealthListRequest',
      'grpc.health.v1.HealthListResponse',
    ],
    base64:
      'ChtncnBjL2hlYWx0aC92MS9oZWFsdGgucHJvdG8SDmdycGMuaGVhbHRoLnYxIiUKEkhlYWx0aENoZWNrUmVxdWVzdBIPCgdzZXJ2' +
      'aWNlGAEgASgJIqkBChNIZWFsdGhDaGVja1Jlc3BvbnNlEkEKBnN0YXR1cxgBIAEoDjIxLmdycGMuaGVhbHRoLnYxLkhlYWx0aENo' +
      'ZWNrUmVzcG9uc2UuU2VydmluZ1N0YXR1cyJPCg1TZXJ2aW5nU3RhdHVzEgsKB1VOS05PV04QABILCgdTRVJWSU5HEAESDwoLTk9U' +
      'X1NFUlZJTkcQAhITCg9TRVJWSUNFX1VOS05PV04QAyITChFIZWFsdGhMaXN0UmVxdWVzdCKuAQoSSGVhbHRoTGlzdFJlc3BvbnNl' +
      'EkIKCHN0YXR1c2VzGAEgAygLMjAuZ3JwYy5oZWFsdGgudjEuSGVhbHRoTGlzdFJlc3BvbnNlLlN0YXR1c2VzRW50cnkaVAoNU3Rh' +
      'dHVzZXNFbnRyeRILCgNrZXkYASABKAkSMgoFdmFsdWUYAiABKAsyIy5ncnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1Jlc3BvbnNl' +
      'OgI4ATL9AQoGSGVhbHRoElAKBUNoZWNrEiIuZ3JwYy5oZWFsdGgudjEuSGVhbHRoQ2hlY2tSZXF1ZXN0GiMuZ3JwYy5oZWFsdGgu' +
      'djEuSGVhbHRoQ2hlY2tSZXNwb25zZRJNCgRMaXN0EiEuZ3JwYy5oZWFsdGgudjEuSGVhbHRoTGlzdFJlcXVlc3QaIi5ncnBjLmhl' +
      'YWx0aC52MS5IZWFsdGhMaXN0UmVzcG9uc2USUgoFV2F0Y2gSIi5ncnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1JlcXVlc3QaIy5n' +
      'cnBjLmhlYWx0aC52MS5IZWFsdGhDaGVja1Jlc3BvbnNlMAFiBnByb3RvMw==',
  },
];
